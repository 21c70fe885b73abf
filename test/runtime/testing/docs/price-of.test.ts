import { ManualClock, MemoryEntryStore } from 'cdk-cache-tiers/testing';
import { cachedPrices } from './price-of';

function setUp() {
  const clock = new ManualClock();
  const store = new MemoryEntryStore(); // in place of the table
  let price = 10;
  let loads = 0;
  const loadPrice = async () => {
    loads += 1;
    return price;
  };
  return {
    clock,
    newProcess: () => cachedPrices(loadPrice, { store, clock, version: 'test' }),
    setPrice: (next: number) => { price = next; },
    get loads() { return loads; },
  };
}

test('a price is loaded once for all processes', async () => {
  const world = setUp();
  const [one, two] = [world.newProcess(), world.newProcess()];
  expect(await one('p1')).toBe(10);
  expect(await two('p1')).toBe(10);
  expect(world.loads).toBe(1);
});

test('a new price is seen after ten minutes', async () => {
  const world = setUp();
  const priceOf = world.newProcess();
  await priceOf('p1');
  world.setPrice(12);
  await world.clock.advance(5 * 60_000);
  expect(await priceOf('p1')).toBe(10);
  await world.clock.advance(5 * 60_000);
  expect(await priceOf('p1')).toBe(12);
});

test('or at once, after it was deleted', async () => {
  const world = setUp();
  const priceOf = world.newProcess();
  await priceOf('p1');
  world.setPrice(12);
  await priceOf.delete('p1');
  expect(await priceOf('p1')).toBe(12);
});
