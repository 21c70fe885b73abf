// How clients reach the embedded server, which checks that requests are signed, not by whom.

export const REGION = 'us-east-1';
export const CREDENTIALS = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };

/** The table that each client's own documentation asks for, by its key attributes. */
export const TABLES = { memo: ['pk', 'sk'], plain: ['id'], keyv: ['id'], bento: ['key'] };
