/** What has been seen of a thread. Posts are numbered from 1; the mark only covers what was seen without a gap. */
export class ReadMark {
  #seen = new Set<number>();
  #mark: number;

  constructor(mark: number) {
    this.#mark = mark;
  }

  get value(): number {
    return this.#mark;
  }

  see(number: number): void {
    if (number > this.#mark) this.#seen.add(number);
    while (this.#seen.delete(this.#mark + 1)) this.#mark += 1;
  }
}
