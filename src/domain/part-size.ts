/**
 * Objects in a part of a manifest. A listing that is split at the ends of parts gets each with one request, whose page has
 * room for a tenth more: what another release has there, too, does not cost it a second one.
 */
export const partSize = 900;
