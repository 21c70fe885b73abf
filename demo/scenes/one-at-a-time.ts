/** Steps of a scene, which is closed only when the one under way has come to its end: servers cannot be closed under who asks them. */
export class OneAtATime {
  private running: Promise<unknown> = Promise.resolve();
  private isClosed = false;

  run<T>(step: () => Promise<T>): Promise<T> {
    if (this.isClosed) return Promise.reject(new Error('the scene is closed'));
    const running = step();
    this.running = running;
    return running;
  }

  /** @param stop lets the step that runs end soon */
  async close(stop: () => void = () => {}): Promise<void> {
    this.isClosed = true;
    stop();
    await this.running.catch(() => undefined);
  }
}
