declare const PACKAGE_VERSION: string | undefined;

/** Of the package, as the bundler found it; the sources are not published by themselves. */
export const VERSION = typeof PACKAGE_VERSION === 'string' ? PACKAGE_VERSION : 'not bundled';
