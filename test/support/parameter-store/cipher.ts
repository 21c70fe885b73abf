import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** Ciphertexts of KMS begin with bytes like these. */
const HEADER = Buffer.from([1, 2, 2, 0, 0x78]);
const NONCE = 12;
const TAG = 16;

/** Encrypts values of one model, which alone can decrypt them. Every encryption of a value is another text, as of KMS. */
export class Cipher {
  private readonly key = randomBytes(32);
  private count = 0;

  encrypt(value: string): string {
    const nonce = Buffer.alloc(NONCE);
    nonce.writeUIntBE(this.count += 1, NONCE - 6, 6);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
    return Buffer.concat([HEADER, nonce, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  decrypt(text: string): string {
    const bytes = Buffer.from(text, 'base64').subarray(HEADER.length);
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, NONCE));
    decipher.setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString('utf8');
  }
}
