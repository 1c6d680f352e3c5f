import type { Design } from '../../src/space/index.ts';
import type { Point } from '../functions/rover.ts';
import { course, pathOf } from './paths.ts';

/** A path, and what the legend calls it. */
export interface DrawnPath {
  readonly name: string;
  readonly design: Design;
}

/** Okabe and Ito's colours, told apart by people who see few of them. */
const colours = ['#d55e00', '#0072b2', '#009e73'] as const;

/** Pixels of the unit square, and around it. */
const side = 600;
const margin = 12;
const lineHeight = 20;

/** Of the 1,000 places on a path every fifth is drawn. */
const stride = 5;

function across(value: number): string {
  return (margin + side * value).toFixed(1);
}

function down(value: number): string {
  return across(1 - value);
}

function line(path: readonly Point[], style: string): string {
  const shown = path.filter((_, at) => at % stride === 0 || at === path.length - 1);
  const places = shown.map(({ x, y }) => `${across(x)},${down(y)}`);
  return `<path d="M${places.join(' ')}" fill="none" ${style}/>`;
}

function obstacle({ x, y }: Point): string {
  const half = course.halfSide;
  return `<rect x="${across(x - half)}" y="${down(y + half)}" width="${2 * half * side}" height="${2 * half * side}"/>`;
}

function legendLine({ name }: DrawnPath, at: number): string {
  const y = side + 2 * margin + lineHeight * (at + 0.5);
  return (
    `<line x1="${margin}" x2="${margin + 30}" y1="${y}" y2="${y}" stroke="${colours[at]}" stroke-width="3"/>` +
    `<text x="${margin + 40}" y="${y + 4}">${name}</text>`
  );
}

/** The obstacles with some paths in colours, three at most, upon others in grey, as a picture. Names are text without markup. */
export function planningPicture(
  paths: readonly DrawnPath[],
  others: { readonly name: string; readonly designs: readonly Design[] },
): string {
  const [width, height] = [side + 2 * margin, side + 2 * margin + lineHeight * (paths.length + 1) + margin];
  const end = (point: Point, name: string): string =>
    `<circle cx="${across(point.x)}" cy="${down(point.y)}" r="5"><title>${name}</title></circle>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" ` +
      `font-family="system-ui, sans-serif" font-size="13">`,
    `<title>Paths from start to goal among obstacles</title>`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<clipPath id="square"><rect x="${margin}" y="${margin}" width="${side}" height="${side}"/></clipPath>`,
    `<g clip-path="url(#square)"><g fill="#ddd">${course.obstacles.map(obstacle).join('')}</g>`,
    ...others.designs.map((design) => line(pathOf(design), 'stroke="#555" stroke-opacity="0.35"')),
    ...paths.map(({ design }, at) => line(pathOf(design), `stroke="${colours[at]}" stroke-width="3"`)),
    `</g><rect x="${margin}" y="${margin}" width="${side}" height="${side}" fill="none" stroke="#333"/>`,
    end(course.start, 'start'),
    end(course.goal, 'goal'),
    ...paths.map(legendLine),
    `<text x="${margin + 40}" y="${side + 2 * margin + lineHeight * (paths.length + 0.5) + 4}">grey: ${others.name}</text>`,
    '</svg>\n',
  ].join('\n');
}
