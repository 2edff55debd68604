import { createMemoryBus } from '../../storage/bus/memory.ts';
import { busContract } from './bus.ts';

busContract('the memory bus', async (onError) => {
  const bus = createMemoryBus({ onError });
  return { near: bus, far: bus, close: () => bus.close() };
});
