import { formatCoordinates } from '../i18n/format';

/** The forms in which rescuers take a position down. */
export type CoordinateForm = 'decimal' | 'minutes' | 'seconds' | 'geo' | 'map';

export function writeCoordinates(form: CoordinateForm, lat: number, lon: number): string {
  switch (form) {
    case 'decimal':
      return formatCoordinates(lat, lon);
    case 'minutes':
      return `${minutes(lat, 'NS', 2)} ${minutes(lon, 'EW', 3)}`;
    case 'seconds':
      return `${seconds(lat, 'NS', 2)} ${seconds(lon, 'EW', 3)}`;
    case 'geo':
      return `geo:${lat.toFixed(6)},${lon.toFixed(6)}`;
    case 'map':
      return `https://www.openstreetmap.org/?mlat=${lat.toFixed(6)}&mlon=${lon.toFixed(6)}#map=17/${lat.toFixed(5)}/${lon.toFixed(5)}`;
  }
}

/** `25°03.0000′N`: a ten-thousandth of a minute is about 20 cm. Rounded first, so that no 60 is ever written. */
function minutes(degrees: number, sides: string, width: number): string {
  const units = Math.round(Math.abs(degrees) * 60 * 10_000);
  const [whole, rest] = [Math.floor(units / 600_000), (units % 600_000) / 10_000];
  return `${pad(whole, width)}°${rest.toFixed(4).padStart(7, '0')}′${side(degrees, sides)}`;
}

/** `25°03′00.0″N`: a tenth of a second is about 3 m. */
function seconds(degrees: number, sides: string, width: number): string {
  const units = Math.round(Math.abs(degrees) * 3600 * 10);
  const [whole, rest] = [Math.floor(units / 36_000), units % 36_000];
  const s = ((rest % 600) / 10).toFixed(1).padStart(4, '0');
  return `${pad(whole, width)}°${pad(Math.floor(rest / 600), 2)}′${s}″${side(degrees, sides)}`;
}

function side(degrees: number, sides: string): string {
  return sides.charAt(degrees < 0 ? 1 : 0);
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
