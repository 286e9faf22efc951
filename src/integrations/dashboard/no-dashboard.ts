import type { DashboardBuilder } from './dashboard-builder.js';

/** Where no dashboards are built. */
export function createNoDashboard(): DashboardBuilder {
  return { build: () => Promise.resolve('skipped') };
}
