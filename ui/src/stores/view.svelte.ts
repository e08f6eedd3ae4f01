import type { ArtifactKind, DeploymentRef } from "../ipc/types";
import type { GroupBy, SortBy } from "../lib/arrange";
import type { Filter, Segment } from "../lib/filter";

export type Page = "manage" | "sets" | "set" | "group" | "project" | "discover" | "activity" | "settings";
export type InspectorTab = "overview" | "files" | "deployments" | "diff" | "history";

/** How a diff is laid out. */
export type DiffLayout = "unified" | "split";

/** Everything about how the library is looked at, as it is kept between two starts. */
interface Kept {
  text: string;
  kind: ArtifactKind | "all";
  segment: Segment;
  tags: string[];
  collection: string | null;
  /** Key of the group that the list is narrowed to. */
  inGroup: string | null;
  project: string | null;
  /** Keys of the set and the group that were opened last. */
  set: string | null;
  shownGroup: string | null;
  setsTab: "sets" | "groups";
  setsLayout: "cards" | "rows";
  setTab: "members" | "projects";
  group: GroupBy;
  sort: SortBy;
  tab: InspectorTab;
  diff: DiffLayout;
  sidebar: number;
  inspector: number;
}

const KEY = "skillmeat.view";
const DEFAULTS: Kept = {
  text: "",
  kind: "all",
  segment: "all",
  tags: [],
  collection: null,
  inGroup: null,
  project: null,
  set: null,
  shownGroup: null,
  setsTab: "sets",
  setsLayout: "cards",
  setTab: "members",
  group: "kind",
  sort: "name",
  tab: "overview",
  diff: "unified",
  sidebar: 220,
  inspector: 360,
};

/** Limits of the panes, in pixels. */
export const SIDEBAR = { min: 200, max: 280 };
export const INSPECTOR = { min: 300, max: 520 };

function read(): Kept {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    if (typeof kept !== "object" || kept === null) return DEFAULTS;
    // A value of another type, from an older version say, is as good as none.
    const fits = Object.entries(kept).filter(([key, value]) => {
      const wanted = DEFAULTS[key as keyof Kept];
      return (
        key in DEFAULTS &&
        (typeof value === typeof wanted || (wanted === null && typeof value === "string")) &&
        Array.isArray(value) === Array.isArray(wanted)
      );
    });
    return { ...DEFAULTS, ...Object.fromEntries(fits) };
  } catch {
    return DEFAULTS;
  }
}

/** How the window looks at the library. Restored on restart. */
export class View {
  page = $state<Page>("manage");
  #kept: Kept = $state(read());
  /** Headers of groups that are folded. */
  closed = $state.raw<ReadonlySet<string>>(new Set());
  /** The copy that the Diff tab was asked to compare. */
  compared = $state.raw<DeploymentRef | null>(null);
  /** In a narrow window the inspector lies over the list. */
  inspectorOpen = $state(false);

  /** Saves after each change; to be called inside an effect. */
  keep(): void {
    const text = JSON.stringify(this.#kept);
    try {
      localStorage.setItem(KEY, text);
    } catch {
      // A full storage only costs the memory of the layout.
    }
  }

  /** The layout and filter, to read and to write. */
  get state(): Kept {
    return this.#kept;
  }

  get filter(): Filter {
    const { text, kind, segment, tags, collection, inGroup, project } = this.#kept;
    return { text, kind, segment, tags, collection, inGroup, project };
  }

  get isFiltered(): boolean {
    const { text, kind, segment, tags, collection, inGroup } = this.#kept;
    return (
      text.trim() !== "" ||
      kind !== "all" ||
      segment !== "all" ||
      tags.length > 0 ||
      collection !== null ||
      inGroup !== null
    );
  }

  clearFilter(): void {
    const { text, kind, segment, tags, collection, inGroup } = DEFAULTS;
    Object.assign(this.#kept, { text, kind, segment, tags, collection, inGroup });
  }

  /** Goes to a page. What lay over the one before is closed. */
  go(page: Page): void {
    if (this.page !== page) this.inspectorOpen = false;
    this.page = page;
  }

  /** Shows the artifacts of one project, or of all. */
  showProject(path: string | null): void {
    this.go("manage");
    this.#kept.project = path;
  }

  /** Shows the artifacts of one group. */
  showGroup(key: string): void {
    this.showProject(null);
    this.clearFilter();
    this.#kept.inGroup = key;
  }

  /** Shows the page of one project. */
  openProject(path: string): void {
    this.go("project");
    this.#kept.project = path;
  }

  toggleTag(tag: string): void {
    const { tags } = this.#kept;
    this.#kept.tags = tags.includes(tag) ? tags.filter((known) => known !== tag) : [...tags, tag];
  }

  toggleGroup(id: string): void {
    const closed = new Set(this.closed);
    if (!closed.delete(id)) closed.add(id);
    this.closed = closed;
  }
}
