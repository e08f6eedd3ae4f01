import BookOpen from "@lucide/svelte/icons/book-open";
import Boxes from "@lucide/svelte/icons/boxes";
import Bug from "@lucide/svelte/icons/bug";
import Cloud from "@lucide/svelte/icons/cloud";
import Code from "@lucide/svelte/icons/code";
import Database from "@lucide/svelte/icons/database";
import Feather from "@lucide/svelte/icons/feather";
import Flask from "@lucide/svelte/icons/flask-conical";
import Globe from "@lucide/svelte/icons/globe";
import Layers from "@lucide/svelte/icons/layers";
import Package from "@lucide/svelte/icons/package";
import Palette from "@lucide/svelte/icons/palette";
import Rocket from "@lucide/svelte/icons/rocket";
import Server from "@lucide/svelte/icons/server";
import Shield from "@lucide/svelte/icons/shield";
import Smartphone from "@lucide/svelte/icons/smartphone";
import Star from "@lucide/svelte/icons/star";
import Terminal from "@lucide/svelte/icons/terminal";
import Users from "@lucide/svelte/icons/users";
import Wrench from "@lucide/svelte/icons/wrench";

/** Icons that a set or group can have by name, and that are offered. Others are kept, and shown as the default. */
export const ICONS = {
  boxes: Boxes,
  package: Package,
  layers: Layers,
  wrench: Wrench,
  code: Code,
  terminal: Terminal,
  bug: Bug,
  flask: Flask,
  shield: Shield,
  rocket: Rocket,
  server: Server,
  database: Database,
  cloud: Cloud,
  globe: Globe,
  smartphone: Smartphone,
  palette: Palette,
  feather: Feather,
  "book-open": BookOpen,
  users: Users,
  star: Star,
};

/** The names of the icons that are offered. */
export const ICON_NAMES = Object.keys(ICONS) as (keyof typeof ICONS)[];
