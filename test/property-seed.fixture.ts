import fc from "fast-check";

/**
 * The default run tries the same cases every time, so that a change is judged by itself and not by luck; the long run
 * (`npm run test:soak`) looks for new ones, and prints the seed of what it finds.
 */
if (!process.env.FIREBREAK_SOAK) fc.configureGlobal({ seed: 20_260_101 });
