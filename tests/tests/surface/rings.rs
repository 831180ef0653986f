//! I/O rings.

use std::mem::{align_of, offset_of, size_of};

use iocp_tests::check_constants;

/// Behaviour 33: versions, features and kinds of entries, literally.
#[test]
fn values_of_rings_are_those_of_the_sdk() {
    check_constants! {
        FILE_FLUSH_DATA = 1,
        FILE_FLUSH_DEFAULT = 0,
        FILE_FLUSH_MIN_METADATA = 2,
        FILE_FLUSH_NO_SYNC = 3,
        FILE_WRITE_FLAGS_NONE = 0,
        FILE_WRITE_FLAGS_WRITE_THROUGH = 1,
        IORING_CREATE_ADVISORY_FLAGS_NONE = 0,
        IORING_CREATE_REQUIRED_FLAGS_NONE = 0,
        IORING_FEATURE_FLAGS_NONE = 0,
        IORING_FEATURE_SET_COMPLETION_EVENT = 2,
        IORING_FEATURE_UM_EMULATION = 1,
        IORING_OP_CANCEL = 4,
        IORING_OP_FLUSH = 6,
        IORING_OP_NOP = 0,
        IORING_OP_READ = 1,
        IORING_OP_REGISTER_BUFFERS = 3,
        IORING_OP_REGISTER_FILES = 2,
        IORING_OP_WRITE = 5,
        IORING_REF_RAW = 0,
        IORING_REF_REGISTERED = 1,
        IORING_VERSION_1 = 1,
        IORING_VERSION_2 = 2,
        IORING_VERSION_3 = 300,
        IORING_VERSION_INVALID = 0,
        IOSQE_FLAGS_DRAIN_PRECEDING_OPS = 1,
        IOSQE_FLAGS_NONE = 0,
    }
}

/// Behaviour 33: what rings take and tell lies in memory as the SDK's does.
#[test]
#[rustfmt::skip]
fn rings_lie_in_memory_as_in_the_sdk() {
    check_layouts! {
        IORING_CREATE_FLAGS: 8 | 8, 4 | 4;
            Required: 0 | 0, Advisory: 4 | 4;
        IORING_INFO: 20 | 20, 4 | 4;
            IoRingVersion: 0 | 0, Flags: 4 | 4, SubmissionQueueSize: 12 | 12,
            CompletionQueueSize: 16 | 16;
        IORING_CAPABILITIES: 16 | 16, 4 | 4;
            MaxVersion: 0 | 0, MaxSubmissionQueueSize: 4 | 4, MaxCompletionQueueSize: 8 | 8,
            FeatureFlags: 12 | 12;
        IORING_HANDLE_REF: 8 | 16, 4 | 8;
            Kind: 0 | 0, Handle: 4 | 8;
        IORING_REGISTERED_BUFFER: 8 | 8, 4 | 4;
            BufferIndex: 0 | 0, Offset: 4 | 4;
        IORING_BUFFER_INFO: 8 | 16, 4 | 8;
            Address: 0 | 0, Length: 4 | 8;
        IORING_BUFFER_REF: 12 | 16, 4 | 8;
            Kind: 0 | 0, Buffer: 4 | 8;
        IORING_CQE: 12 | 24, 4 | 8;
            UserData: 0 | 0, ResultCode: 4 | 8, Information: 8 | 16;
    }
}
