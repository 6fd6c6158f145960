/** Entry of the bundle build/uppy/uppy.mjs: all of `@uppy/core`, the Dashboard, and Uppy's own uploader for S3. */

export * from "@uppy/core";
export { default } from "@uppy/core";
export { default as AwsS3 } from "@uppy/aws-s3";
export { default as Dashboard } from "@uppy/dashboard";
