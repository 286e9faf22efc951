import { z } from 'zod';
import { build } from './build.js';
import { edition } from './edition.js';
import { exampleBuild, exampleEdition, exampleProduct, exampleQueueUrl } from './examples.js';
import { queueUrl } from './fields.js';
import { product } from './product.js';

/** Everything about a product at once, for whoever renders its dashboard. */
export const productDashboard = z
  .strictObject({
    product,
    editions: z.array(edition).meta({ description: 'Deprecated ones too, the oldest first.' }),
    builds: z.array(build).meta({ description: 'Deprecated ones too, the oldest first.' }),
  })
  .meta({
    id: 'ProductDashboard',
    examples: [{ product: exampleProduct, editions: [exampleEdition], builds: [exampleBuild] }],
  });

/** The answer to a request for all dashboards. */
export const queuedDashboards = z.strictObject({ queue_url: queueUrl.optional() }).meta({
  id: 'QueuedDashboards',
  description: 'Empty where there is no product.',
  examples: [{ queue_url: exampleQueueUrl }],
});
