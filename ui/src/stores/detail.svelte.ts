import type { Answer, Backend } from "../ipc/client";
import type {
  ArtifactDetail,
  ArtifactHistory,
  ArtifactRef,
  DeploymentDiff,
  DeploymentRef,
  FileContent,
  Problem,
  ProjectDetail,
} from "../ipc/types";

/** Something that is read on demand: being read, there, or failed. */
export type Loaded<T> =
  { state: "loading" } | { state: "ready"; data: T } | { state: "failed"; problem: Problem };

/** Reads on demand and shows the newest answer only; what is shown stays until the next answer is there. */
class Reading<T> {
  value = $state.raw<Loaded<T>>({ state: "loading" });
  #turn = 0;

  async read(ask: () => Promise<Answer<T>>, fresh: boolean): Promise<void> {
    const turn = ++this.#turn;
    if (fresh) this.value = { state: "loading" };
    const answer = await ask();
    if (turn !== this.#turn) return;
    this.value = answer.ok
      ? { state: "ready", data: answer.data }
      : { state: "failed", problem: answer.problem };
  }
}

/** What the inspector reads from disk: one artifact, one of its files, one comparison. */
export class Detail {
  readonly artifact = new Reading<ArtifactDetail>();
  readonly file = new Reading<FileContent>();
  readonly diff = new Reading<DeploymentDiff>();
  readonly history = new Reading<ArtifactHistory>();
  readonly project = new Reading<ProjectDetail>();

  constructor(private readonly backend: Backend) {}

  /** `fresh` forgets what is shown at once; else it stays until the answer is there. */
  readArtifact(artifact: ArtifactRef, fresh: boolean): Promise<void> {
    return this.artifact.read(() => this.backend.artifactDetail(artifact), fresh);
  }

  readFile(artifact: ArtifactRef, path: string, fresh: boolean): Promise<void> {
    return this.file.read(() => this.backend.artifactFile(artifact, path), fresh);
  }

  readDiff(deployment: DeploymentRef, fresh: boolean): Promise<void> {
    return this.diff.read(() => this.backend.diffDeployment(deployment), fresh);
  }

  readHistory(artifact: ArtifactRef, fresh: boolean): Promise<void> {
    return this.history.read(() => this.backend.artifactHistory(artifact), fresh);
  }

  readProject(path: string, fresh: boolean): Promise<void> {
    return this.project.read(() => this.backend.projectDetail(path), fresh);
  }

  /** A comparison of its own, for a dialog that shows several. */
  diffReading(): { read(at: DeploymentRef): Promise<void>; readonly value: Loaded<DeploymentDiff> } {
    const reading = new Reading<DeploymentDiff>();
    const { backend } = this;
    return {
      read: (at) => reading.read(() => backend.diffDeployment(at), true),
      get value() {
        return reading.value;
      },
    };
  }
}
