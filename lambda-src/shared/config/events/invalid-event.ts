/** The message is no event that can ever be handled. The message says why and holds no value of the event. */
export class InvalidEvent extends Error {
  override readonly name = 'InvalidEvent';
}
