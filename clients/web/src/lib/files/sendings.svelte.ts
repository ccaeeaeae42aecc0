import type { Sending } from './sending.svelte';

const atOnce = 3;

/** Several files on their way: a few at once, the others in their turn. */
export class Sendings<T> {
  all = $state<Sending<T>[]>([]);

  get areUnderWay(): boolean {
    return this.all.some((one) => one.isUnderWay || one.state === 'waiting');
  }

  add(sending: Sending<T>): void {
    this.all = [...this.all, sending];
    this.proceed();
  }

  proceed = (): void => {
    const free = atOnce - this.all.filter((one) => one.isUnderWay).length;
    for (const next of this.all.filter((one) => one.state === 'waiting').slice(0, Math.max(0, free))) void next.start();
  };

  async remove(sending: Sending<T>): Promise<void> {
    this.all = this.all.filter((one) => one.id !== sending.id);
    if (sending.state !== 'kept') await sending.cancel();
    this.proceed();
  }
}
