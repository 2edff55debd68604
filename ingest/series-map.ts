/** Something kept for each series. Nested, for joining device and metric into a key would cost a string for every observation. */
export class SeriesMap<T> {
  readonly #devices = new Map<string, Map<string, T>>();

  get(device: string, metric: string): T | undefined {
    return this.#devices.get(device)?.get(metric);
  }

  set(device: string, metric: string, value: T): void {
    const metrics = this.#devices.get(device);
    if (metrics) metrics.set(metric, value);
    else this.#devices.set(device, new Map([[metric, value]]));
  }

  has(device: string): boolean {
    return this.#devices.has(device);
  }

  drop(device: string): void {
    this.#devices.delete(device);
  }
}
