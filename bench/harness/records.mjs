/** A result of about 700 bytes of JSON. */
export function record(id, n) {
  return {
    id, n,
    name: `User number ${n}`,
    email: `${id}@example.com`,
    active: n % 2 === 0,
    score: n * 1.5,
    tags: ['alpha', 'beta', 'gamma', `group-${n % 17}`],
    address: { street: `${n} Rue de la Paix`, city: 'Paris', postcode: '75002', country: 'FR', location: { latitude: 48.8698, longitude: 2.3311 } },
    history: Array.from({ length: 5 }, (_, i) => ({ at: `2025-01-0${i + 1}T10:00:00Z`, action: 'login', ok: i !== 3, from: `10.0.${n % 250}.${i}` })),
  };
}

export function sameRecord(value, n) {
  return value?.n === n && value.score === n * 1.5 && value.history.length === 5;
}
