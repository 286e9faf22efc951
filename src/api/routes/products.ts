import { unknownModeMessage } from '../../domain/tracking/tracking.js';
import { productUrl, taskUrl } from '../../domain/urls.js';
import { LtdError } from '../../domain/errors.js';
import { createProduct } from '../../services/create-product.js';
import { findProduct, listProducts } from '../../services/find-product.js';
import { bucketIsInUse, updateProduct } from '../../services/update-product.js';
import { presentNotices } from '../presenters/notices.js';
import { presentProduct } from '../presenters/product.js';
import { defineRoute, type Route } from '../http/route.js';
import { errorResponse } from '../schemas/error.js';
import { productParams, queued } from '../schemas/fields.js';
import { newProduct, product, productChange, products } from '../schemas/product.js';

const location = { Location: 'The product.' };

const getProducts = defineRoute({
  name: 'getProducts',
  method: 'GET',
  path: '/products/',
  summary: 'List the products',
  auth: 'anonymous',
  responses: { 200: { description: 'The addresses of all products.', schema: products } },
  handler: async ({ baseUrl, deps }) => {
    const slugs = await listProducts(deps);
    return { status: 200, body: { products: slugs.map((slug) => productUrl(baseUrl, slug)) } };
  },
});

const postProduct = defineRoute({
  name: 'postProduct',
  method: 'POST',
  path: '/products/',
  summary: 'Make a product and its default edition',
  auth: 'product',
  body: {
    subject: 'Product',
    schema: newProduct,
    refusals: ['Invalid Product: missing slug', 'Invalid slug: Pipelines_', unknownModeMessage('newest')],
  },
  responses: {
    201: { description: 'The product is made; its dashboard follows.', schema: queued, headers: location },
    409: errorResponse(
      'There is a product with this slug.',
      new LtdError('conflict', 'Invalid Product, slug already exists'),
    ),
  },
  handler: async ({ body, notices, baseUrl, deps }) => {
    const accepted = await createProduct(deps, { ...body, baseUrl });
    return {
      status: 201,
      headers: { location: productUrl(baseUrl, accepted.product.slug) },
      body: {
        queue_url: taskUrl(baseUrl, accepted.taskId),
        ...presentNotices([...notices, ...accepted.notices]),
      },
    };
  },
});

const getProduct = defineRoute({
  name: 'getProduct',
  method: 'GET',
  path: '/products/{slug}',
  summary: 'Show a product',
  auth: 'anonymous',
  params: productParams,
  load: findProduct,
  responses: { 200: { description: 'The product.', schema: product } },
  handler: ({ resource, baseUrl }) => ({ status: 200, body: presentProduct(resource, baseUrl) }),
});

const patchProduct = defineRoute({
  name: 'patchProduct',
  method: 'PATCH',
  path: '/products/{slug}',
  summary: 'Change what describes a product',
  auth: 'product',
  params: productParams,
  load: findProduct,
  body: { subject: 'Product', schema: productChange },
  responses: {
    200: { description: 'The product is changed; its dashboard follows.', schema: queued, headers: location },
    409: errorResponse(
      'Another bucket is asked for, and a build was published.',
      new LtdError('conflict', bucketIsInUse),
    ),
  },
  handler: async ({ resource, body, notices, baseUrl, deps }) => {
    const updated = await updateProduct(deps, { ...body, productId: resource.id, baseUrl });
    return {
      status: 200,
      headers: { location: productUrl(baseUrl, resource.slug) },
      body: {
        queue_url: taskUrl(baseUrl, updated.taskId),
        ...presentNotices([...notices, ...updated.notices]),
      },
    };
  },
});

/** Products. */
export const productRoutes: readonly Route[] = [getProducts, postProduct, getProduct, patchProduct];
