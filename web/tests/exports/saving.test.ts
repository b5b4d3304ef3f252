import { expect, test } from "vitest";
import { fileName } from "../../src/exports/saving";

test.each([
  ["ResNet", "ResNet"],
  ["Vision Transformer/16", "Vision-Transformer-16"],
  ["../../etc/passwd", "etc-passwd"],
  ["Modèle №1", "Modèle-1"],
  ["<script>", "script"],
  ["...", "model"],
  ["x".repeat(500), "x".repeat(80)],
])("%s is saved as %s", (name, file) => {
  expect(fileName(name)).toBe(file);
});
