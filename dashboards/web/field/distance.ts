export interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** An engineer counts as arrived this near the machine (§3.9, 11; the server's figure decides). */
export const arrivalKm = 2;
const earthKm = 6371;

/** Great-circle distance, km. Pure. */
export function distanceKm(from: Place, to: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const half = (degrees: number) => Math.sin(radians(degrees) / 2) ** 2;
  const share =
    half(to.lat - from.lat) +
    Math.cos(radians(from.lat)) * Math.cos(radians(to.lat)) * half(to.lon - from.lon);
  return 2 * earthKm * Math.asin(Math.sqrt(share));
}

/** Where the phone is; undefined when nobody allowed it or it does not know in time. */
export const whereAmI = (): Promise<Place | undefined> =>
  new Promise((resolve) => {
    if (!("geolocation" in navigator)) return resolve(undefined);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ lat: coords.latitude, lon: coords.longitude }),
      () => resolve(undefined),
      { enableHighAccuracy: true, timeout: 10_000, maximumAge: 60_000 },
    );
  });
