/** A program on the generated types. It only has to compile: each line below `@ts-expect-error` must be an error. */

import createClient from "openapi-fetch";
import type { components, paths } from "./schema";

const client = createClient<paths>({ baseUrl: "https://api.example.com" });

export async function upload(file: File): Promise<components["schemas"]["Document"]> {
  const body = { fileName: file.name, size: file.size, partSize: 8 * 1024 ** 2 };
  const { data, error, response } = await client.POST("/documents", { body });
  if (error) throw new Error(describe(error), { cause: response.headers.get("retry-after") });
  if (data.upload?.method === "PUT") await fetch(data.upload.url, { method: "PUT", body: file, headers: data.upload.headers });
  if (data.upload?.method === "MULTIPART") await sendParts(file, data.upload.partSize, data.upload.parts);
  return data.document;
}

type CreateProblem = Extract<
  paths["/documents"]["post"]["responses"][413]["content"],
  { "application/problem+json": unknown }
>["application/problem+json"];

/** Problems have a code, the messages of the gateway have none. */
function describe(error: CreateProblem | { message: string | null } | { code?: string; detail: string }): string {
  if (!("detail" in error)) return error.message ?? "";
  return `${error.code}: ${error.detail}`;
}

export function isTooLarge(problem: CreateProblem): boolean {
  const status: 413 | undefined = problem.status;
  // @ts-expect-error because a create responds with no such code
  const isPaperless = problem.code === "out_of_paper";
  return status === 413 && problem.code === "file_too_large" && !isPaperless;
}

async function sendParts(file: File, partSize: number, parts: components["schemas"]["PresignedPart"][]): Promise<void> {
  for (const { partNumber, url, headers } of parts) {
    const blob = file.slice((partNumber - 1) * partSize, partNumber * partSize);
    await fetch(url, { method: "PUT", body: blob, headers });
  }
}

export async function readStatus(id: string): Promise<"ready" | "rejected" | "other"> {
  const { data } = await client.GET("/documents/{id}", { params: { path: { id } } });
  if (data?.status === "ready" || data?.status === "rejected") return data.status;
  // @ts-expect-error because a document never has this status
  if (data?.status === "lost") return "other";
  return "other";
}

export async function uploadAll(files: File[]): Promise<string[]> {
  const documents = files.map(({ name, size, type }) => ({ fileName: name, size, contentType: type }));
  const { data } = await client.POST("/documents/batch", { body: { documents } });
  return (data?.results ?? []).map((result) => ("problem" in result ? result.problem.code : result.document.id));
}

// @ts-expect-error because a size is a number
export const wrong: components["schemas"]["CreateRequest"] = { fileName: "a.png", size: "7" };
