export { removeSandbox as default } from './sandbox';
