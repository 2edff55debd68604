/**
 * Units of the SenML registry (RFC 8428, section 12.1; secondary units RFC 8798) that UCUM writes differently. The
 * others (m, Cel, lx, km/h, ug/m3, ...) are UCUM codes already; what neither knows is for the unit converter to refuse.
 */
const UCUM: ReadonlyMap<string, string> = new Map([
  ['%RH', '%'],
  ['%EL', '%'],
  ['EL', 's'],
  ['/', '1'],
  ['/100', '%'],
  ['/1000', '[ppth]'],
  ['ppm', '[ppm]'],
  ['count', '{count}'],
  ['beats', '{beats}'],
  ['beat/min', '{beats}/min'],
  ['pH', '[pH]'],
  ['dBW', 'dB[W]'],
  ['Bspl', 'B[SPL]'],
  ['lat', 'deg'],
  ['lon', 'deg'],
  // A bel in UCUM.
  ['B', 'By'],
  ['B/s', 'By/s'],
  ['MB/s', 'MBy/s'],
  ['GB', 'GBy'],
  ['KiB', 'KiBy'],
  ['VA', 'V.A'],
  ['VAs', 'V.A.s'],
  ['kVA', 'kV.A'],
  ['kVAh', 'kV.A.h'],
  ['var', 'V.A'],
  ['vars', 'V.A.s'],
  ['varh', 'V.A.h'],
  ['kvar', 'kV.A'],
  ['kvarh', 'kV.A.h'],
  ['Ah', 'A.h'],
  ['Wh', 'W.h'],
  ['kWh', 'kW.h'],
  ['Wh/km', 'W.h/km'],
]);

/** The UCUM code of a SenML unit; what has no other name in UCUM stays as it is. */
export const ucumOf = (unit: string): string => UCUM.get(unit) ?? unit;

/** SenML units whose UCUM code differs. */
export const DIFFERING_UNITS: readonly string[] = [...UCUM.keys()];
