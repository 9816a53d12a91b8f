/**
 * Who may do what, where.
 *
 * Terms. A *node* is a place in the organisation tree; a *grant* is a role on a node and holds for everything
 * below it; an *action* is what a request wants to do. Whether the node is in reach is decided by the database.
 */
export * from "./return-state.ts";
export * from "./role.ts";
