import { open as openForm } from './ours.mjs';

export const open = (params) => openForm(params, 'web');
