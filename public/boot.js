// Wakes the islands of a page. What Leptos would write inline stands here, so that the policy needs no exception.
globalThis.__RESOLVED_RESOURCES = [];
globalThis.__SERIALIZED_ERRORS = [];
globalThis.__PENDING_RESOURCES = [];
globalThis.__RESOURCE_RESOLVERS = [];
globalThis.__INCOMPLETE_CHUNKS = [];
const islands = await import("/pkg/rashin.js");
await islands.default({ module_or_path: "/pkg/rashin.wasm" });
islands.hydrate();
for (const island of document.querySelectorAll("leptos-island")) islands[island.dataset.component]?.(island);
