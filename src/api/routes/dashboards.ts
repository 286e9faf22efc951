import { taskUrl } from '../../domain/urls.js';
import { findProduct } from '../../services/find-product.js';
import { readProductDashboard } from '../../services/read-product-dashboard.js';
import { rebuildDashboards } from '../../services/rebuild-dashboards.js';
import { presentProductDashboard } from '../presenters/dashboard.js';
import { defineRoute, type Route } from '../http/route.js';
import { productDashboard, queuedDashboards } from '../schemas/dashboard.js';
import { productParams } from '../schemas/fields.js';

const getDashboard = defineRoute({
  name: 'getDashboard',
  method: 'GET',
  path: '/products/{slug}/dashboard',
  summary: 'Show a product with all its editions and builds',
  auth: 'anonymous',
  params: productParams,
  load: findProduct,
  responses: {
    200: { description: 'The product, its editions and its builds in full.', schema: productDashboard },
  },
  handler: async ({ resource, baseUrl, deps }) => {
    const found = await readProductDashboard(deps, resource.id);
    return { status: 200, body: presentProductDashboard(resource, found, baseUrl) };
  },
});

const postDashboard = defineRoute({
  name: 'postDashboard',
  method: 'POST',
  path: '/products/{slug}/dashboard',
  summary: 'Build the dashboard of a product again',
  auth: 'product',
  params: productParams,
  load: findProduct,
  responses: { 202: { description: 'The dashboard follows.', schema: queuedDashboards } },
  handler: async ({ resource, baseUrl, deps }) => {
    const taskId = await rebuildDashboards(deps, { productId: resource.id, baseUrl });
    return { status: 202, body: presentQueued(taskId, baseUrl) };
  },
});

const postDashboards = defineRoute({
  name: 'postDashboards',
  method: 'POST',
  path: '/dashboards',
  summary: 'Build the dashboards of all products again',
  auth: 'product',
  responses: {
    202: {
      description: 'The dashboards follow; the task ends when all are built.',
      schema: queuedDashboards,
    },
  },
  handler: async ({ baseUrl, deps }) => {
    const taskId = await rebuildDashboards(deps, { baseUrl });
    return { status: 202, body: presentQueued(taskId, baseUrl) };
  },
});

function presentQueued(taskId: string | null, baseUrl: string): { queue_url?: string } {
  return taskId === null ? {} : { queue_url: taskUrl(baseUrl, taskId) };
}

/** Dashboards. */
export const dashboardRoutes: readonly Route[] = [getDashboard, postDashboard, postDashboards];
