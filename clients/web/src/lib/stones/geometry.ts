/** The rim of a well seen from above: stones of uneven width around a circle, hand-laid but always the same way. */
export interface Rim {
  count: number;
  outer: number;
  inner: number;
  /** Degrees, clockwise from the top. */
  from?: number;
  to?: number;
  /** Space between stones, in units of the drawing. */
  joint?: number;
}

const unevenness = [1, 0.86, 1.12, 0.94, 1.07, 0.9, 1.1];

export function layStones({ count, outer, inner, from = 0, to = 360, joint = 2 }: Rim): string[] {
  const weights = Array.from({ length: count }, (_, index) => unevenness[index % unevenness.length]!);
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let angle = from;
  return weights.map((weight) => {
    const start = angle;
    angle += ((to - from) * weight) / whole;
    return stone(start, angle, outer, inner, joint);
  });
}

function stone(start: number, end: number, outer: number, inner: number, joint: number): string {
  const outerTrim = degrees(joint / 2 / outer);
  const innerTrim = degrees(joint / 2 / inner);
  const wide = end - start > 180 ? 1 : 0;
  return [
    `M${point(start + outerTrim, outer)}`,
    `A${outer} ${outer} 0 ${wide} 1 ${point(end - outerTrim, outer)}`,
    `L${point(end - innerTrim, inner)}`,
    `A${inner} ${inner} 0 ${wide} 0 ${point(start + innerTrim, inner)}Z`
  ].join('');
}

function point(angle: number, radius: number): string {
  const radians = ((angle - 90) * Math.PI) / 180;
  return `${round(radius * Math.cos(radians))} ${round(radius * Math.sin(radians))}`;
}

function degrees(radians: number): number {
  return (radians * 180) / Math.PI;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
