/** Connections to PostgreSQL that a process of the service may hold. */
export const poolSize = 10;
