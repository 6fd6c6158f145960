/** What build/uppy/uppy.mjs holds: all of `@uppy/core`, the Dashboard, and Uppy's own way to S3. */

export * from "@uppy/core";
export { default } from "@uppy/core";
export { default as AwsS3 } from "@uppy/aws-s3";
export { default as Dashboard } from "@uppy/dashboard";
