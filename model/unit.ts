import { z } from 'zod';
import type { Text } from './text.ts';

/**
 * How a unit is written for people. Keys are UCUM codes (The Unified Code for Units of Measure, version 2.1,
 * case-sensitive variant); a code in braces is an annotation and counts as the unity.
 */
export const UNITS = {
  '%': { vi: '%', en: '%' },
  'km/h': { vi: 'km/h', en: 'km/h' },
  m: { vi: 'm', en: 'm' },
  s: { vi: 'giây', en: 's' },
  min: { vi: 'phút', en: 'min' },
  Cel: { vi: '°C', en: '°C' },
  'dB[SPL]': { vi: 'dB', en: 'dB' },
  '{vehicles}': { vi: 'xe', en: 'vehicles' },
  '{spaces}': { vi: 'chỗ', en: 'spaces' },
  '{people}': { vi: 'người', en: 'people' },
  '{beds}': { vi: 'giường', en: 'beds' },
  '[ppm]': { vi: 'ppm', en: 'ppm' },
  'ug/m3': { vi: 'µg/m³', en: 'µg/m³' },
  'mm/h': { vi: 'mm/giờ', en: 'mm/h' },
  'kW.h': { vi: 'kWh', en: 'kWh' },
  kW: { vi: 'kW', en: 'kW' },
  ms: { vi: 'ms', en: 'ms' },
  h: { vi: 'giờ', en: 'h' },
  d: { vi: 'ngày', en: 'days' },
  '{index}': { vi: 'điểm', en: 'points' },
  '{dossiers}': { vi: 'hồ sơ', en: 'dossiers' },
  '{records}': { vi: 'bản ghi', en: 'records' },
  '{attempts}': { vi: 'lần', en: 'attempts' },
} as const satisfies Record<string, Text>;

export type UnitCode = keyof typeof UNITS;

const codes = Object.keys(UNITS);
const known = new Set(codes);

/** A UCUM code that the city has words for. */
export const UnitCode = z
  .custom<UnitCode>((value) => typeof value === 'string' && known.has(value), {
    error: 'not a UCUM code known to the city (model/unit.ts)',
  })
  .meta({ id: 'UnitCode', type: 'string', enum: codes, description: 'UCUM code, case-sensitive' });
