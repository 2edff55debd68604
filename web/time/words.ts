/** A moment without the zone that is written behind it: where the moment that is shown has told it already. */
export const withoutZone = (moment: string): string => moment.replace(/ \([^)]*\)$/, '');
