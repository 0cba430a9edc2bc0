/** What is to be done at an end: a port closed, a timer stopped. */
export type Ending = () => Promise<void> | void;

/**
 * Does it all, last begun first, and empties the list: a second call has nothing left to do. One that fails keeps none
 * of the others from their turn. @throws the first error, once all have had it
 */
export async function endAll(endings: Ending[]): Promise<void> {
  const errors: unknown[] = [];
  for (const end of endings.splice(0).reverse()) {
    try {
      await end();
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}
