import type { Language } from '../api/types';

export interface Clock {
  language: Language;
  timeZone: string | undefined;
  now: Date;
}

/** The parts of a moment as people say it; the catalogue joins them ("hier à 17 h", "demain à 8 h", "le 3 mars à 9 h 05"). */
export interface Said {
  key: 'now' | 'ago' | 'at' | 'on';
  day: string;
  time: string;
}

export function sayMoment(moment: Date, clock: Clock): Said {
  const minutes = Math.round((clock.now.getTime() - moment.getTime()) / 60_000);
  if (Math.abs(minutes) < 1) return { key: 'now', day: '', time: '' };
  if (Math.abs(minutes) < 60) return { key: 'ago', day: relative(clock.language).format(-minutes, 'minute'), time: '' };
  const days = dayNumber(clock.now, clock.timeZone) - dayNumber(moment, clock.timeZone);
  const time = sayHour(moment, clock);
  if (Math.abs(days) <= 1) return { key: 'at', day: relative(clock.language).format(-days, 'day'), time };
  if (Math.abs(days) < 7) return { key: 'at', day: format(moment, clock, { weekday: 'long' }), time };
  return { key: 'on', day: sayDay(moment, clock), time };
}

/** "3 mars", with the year when it is not this one. */
export function sayDay(moment: Date, clock: Clock): string {
  const sameYear = format(moment, clock, { year: 'numeric' }) === format(clock.now, clock, { year: 'numeric' });
  return sayFirst(format(moment, clock, { day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }), clock.language);
}

/** The moment in full, for a tooltip. */
export function sayExactly(moment: Date, clock: Clock): string {
  return format(moment, clock, { dateStyle: 'full', timeStyle: 'long' });
}

/** A day without a time of day ("2026-03-01"), which belongs to no time zone. */
export function sayDate(date: string, language: Language): string {
  const clock = { language, timeZone: 'UTC', now: new Date() };
  return sayFirst(format(new Date(`${date}T00:00:00Z`), clock, { day: 'numeric', month: 'long', year: 'numeric' }), language);
}

/** French says "1er mars" where `Intl` writes "1 mars". */
function sayFirst(day: string, language: Language): string {
  return language === 'fr' ? day.replace(/^1 /, '1er ') : day;
}

function sayHour(moment: Date, clock: Clock): string {
  if (clock.language === 'en') return format(moment, clock, { hour: 'numeric', minute: '2-digit', hour12: true });
  const parts = formatter(clock, { hour: 'numeric', minute: '2-digit' }).formatToParts(moment);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  const hour = String(Number(part('hour')));
  return part('minute') === '00' ? `${hour}\u00a0h` : `${hour}\u00a0h\u00a0${part('minute')}`;
}

/** Days since an arbitrary one, as the calendar of the time zone counts them. */
function dayNumber(moment: Date, timeZone: string | undefined): number {
  const parts = new Intl.DateTimeFormat('en', { timeZone, year: 'numeric', month: 'numeric', day: 'numeric' }).formatToParts(moment);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day')) / 86_400_000;
}

function format(moment: Date, clock: Clock, options: Intl.DateTimeFormatOptions): string {
  return formatter(clock, options).format(moment);
}

function formatter(clock: Clock, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(clock.language === 'en' ? 'en-GB' : 'fr-FR', { timeZone: clock.timeZone, ...options });
}

function relative(language: Language): Intl.RelativeTimeFormat {
  return new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
}
