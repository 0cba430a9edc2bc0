import type { FastifyServerOptions } from "fastify";

type Ajv = Parameters<NonNullable<NonNullable<FastifyServerOptions["ajv"]>["onCreate"]>>[0];

/**
 * Lets the validator of a schema be compiled when something is first held against it. The interface has hundreds of
 * schemas, and compiling all of them takes a quarter of the time that a hub needs to start. A schema that cannot be
 * compiled then fails the request (500) instead of the start; a test compiles every one.
 */
export function compileWhenAsked(ajv: Ajv): void {
  ajv.compile = new Proxy(ajv.compile, {
    apply(compile, owner, given) {
      let validator: { (...held: unknown[]): unknown; readonly errors?: unknown } | undefined;
      const late = Object.assign(
        (...held: unknown[]) => {
          validator ??= Reflect.apply(compile, owner, given);
          const said = validator?.(...held);
          late.errors = validator?.errors;
          return said;
        },
        // By this Fastify knows a validator of Ajv, and says where the value came from, which coercion needs.
        { errors: undefined as unknown, schemaEnv: true },
      );
      return late;
    },
  });
}
