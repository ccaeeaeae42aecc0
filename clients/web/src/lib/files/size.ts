import type { Language } from '../api/types';

const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;

/** "1,4 Mo": in thousands, as files are counted, with a digit behind the comma where it says something. */
export function saySize(bytes: number, language: Language): string {
  const step = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  const form = new Intl.NumberFormat(language === 'en' ? 'en-GB' : 'fr-FR', {
    style: 'unit',
    unit: units[step],
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 || amount >= 100 ? 0 : 1
  });
  return form.format(amount);
}
