// The metrics of video-to-audio generation, as av-benchmark, MMAudio and Foley Control report them.

export {};
