"""Which TFLite operators are refused, and why?"""

from rfcalc.importers.tflite.operators import refused

refused(
    "which cells it reads or writes depends on values",
    *("SCATTER_ND", "DYNAMIC_UPDATE_SLICE", "REVERSE_SEQUENCE", "SPARSE_TO_DENSE"),
    *("SEGMENT_SUM", "UNSORTED_SEGMENT_MAX", "UNSORTED_SEGMENT_MIN", "UNSORTED_SEGMENT_PROD"),
    "UNSORTED_SEGMENT_SUM",
)
refused(
    "how many cells it gives, and which, depends on values",
    *("NON_MAX_SUPPRESSION_V4", "NON_MAX_SUPPRESSION_V5", "UNIQUE", "WHERE"),
)
refused("it is control flow, which depends on values", "IF", "WHILE", "CALL", "CALL_ONCE")
refused(
    "it keeps values from one run to the next",
    *("ASSIGN_VARIABLE", "READ_VARIABLE", "VAR_HANDLE", "SVDF", "RNN", "LSTM"),
)
refused(
    "it looks values up in a table of keys",
    *("HASHTABLE", "HASHTABLE_FIND", "HASHTABLE_IMPORT", "HASHTABLE_LOOKUP", "HASHTABLE_SIZE"),
    "BUCKETIZE",
)
refused("it draws from a distribution that its input gives", "MULTINOMIAL")
