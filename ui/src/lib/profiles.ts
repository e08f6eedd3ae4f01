import type { ArtifactKind, OwnProfile, Problem } from "../ipc/types";

/** The kinds that a profile of a project's own can take, with the folder that most products have for each. */
export const COPIED_KINDS: readonly { kind: ArtifactKind; folder: string }[] = [
  { kind: "skill", folder: "skills" },
  { kind: "command", folder: "commands" },
  { kind: "agent", folder: "agents" },
];

/** The platforms that records can name. */
export const PLATFORMS: readonly string[] = ["other", "claude_code", "codex", "gemini", "cursor"];

/** A field of the form for a profile. */
export type ProfileField = "id" | "title" | "root" | `folder-${ArtifactKind}`;

/** The field that a refusal is about: its subject is the text that was refused. Null when it is about the whole. */
export function fieldOf({ code, subject }: Problem, profile: OwnProfile): ProfileField | null {
  if (subject === undefined || subject === null) return null;
  const bare = (text: string): string => text.replace(/\/$/, "");
  if (code === "path-escapes-root" || code === "name-clash")
    if (bare(subject) === bare(profile.root_dir)) return "root";
  if (code !== "invalid-name" && code !== "name-clash") return null;
  // The last one of several is the one that came too much.
  const folder = profile.folders.findLast((known) => known.folder === subject);
  if (folder) return `folder-${folder.kind}`;
  if (code === "invalid-name" && profile.profile_id === subject) return "id";
  return code === "invalid-name" && profile.title === subject ? "title" : null;
}
