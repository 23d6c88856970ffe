import type { BrokenConversation, ConversationTree, TreeNode } from './conversation-tree.ts';

export interface WalkedTree {
  /** From the first message to the one the person sees last. */
  readonly active: readonly TreeNode[];
  /** What lies on other branches, in the order of the export. */
  readonly side: readonly TreeNode[];
  /** Nodes by parent, in the order of the export. */
  readonly children: ReadonlyMap<string, readonly TreeNode[]>;
  /** `no-current-node`: the path ends in the newest leaf; `missing-parent`: it begins in the middle. */
  readonly notes: readonly string[];
}

/** The path that the person sees, and what lies beside it. A cycle of parents makes the conversation a broken one. */
export function walkTree(tree: ConversationTree): WalkedTree | BrokenConversation {
  if (hasCycle(tree.nodes)) return { broken: 'cycle' };
  const children = new Map<string, TreeNode[]>();
  for (const node of tree.nodes.values()) {
    if (node.parent === null) continue;
    const siblings = children.get(node.parent);
    if (siblings) siblings.push(node);
    else children.set(node.parent, [node]);
  }
  const notes: string[] = [];
  let last = tree.current === null ? undefined : tree.nodes.get(tree.current);
  if (!last) {
    notes.push('no-current-node');
    last = newestLeaf(tree.nodes, children);
  }
  const active: TreeNode[] = [];
  for (let node = last; node; node = parentOf(node, tree.nodes)) {
    active.push(node);
    if (node.parent !== null && !tree.nodes.has(node.parent)) notes.push('missing-parent');
  }
  const onPath = new Set(active.map((node) => node.id));
  const side = [...tree.nodes.values()].filter((node) => !onPath.has(node.id));
  return { active: active.toReversed(), side, children, notes };
}

export function parentOf(node: TreeNode, nodes: ReadonlyMap<string, TreeNode>): TreeNode | undefined {
  return node.parent === null ? undefined : nodes.get(node.parent);
}

/** The leaf with the latest time; of equals, and where none has one, the last of the export. */
function newestLeaf(
  nodes: ReadonlyMap<string, TreeNode>,
  children: ReadonlyMap<string, readonly TreeNode[]>,
): TreeNode | undefined {
  let newest: TreeNode | undefined;
  for (const node of nodes.values()) {
    if (children.has(node.id)) continue;
    if (!newest || (node.timestamp ?? '') >= (newest.timestamp ?? '')) newest = node;
  }
  return newest;
}

function hasCycle(nodes: ReadonlyMap<string, TreeNode>): boolean {
  const settled = new Set<string>();
  for (const start of nodes.values()) {
    const path = new Set<string>();
    for (
      let node: TreeNode | undefined = start;
      node && !settled.has(node.id);
      node = parentOf(node, nodes)
    ) {
      if (path.has(node.id)) return true;
      path.add(node.id);
    }
    for (const id of path) settled.add(id);
  }
  return false;
}
