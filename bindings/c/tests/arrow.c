/* Ids and values from Arrow streams: made by hand, in every type, sliced, hostile; each structure is released once. */
#define _POSIX_C_SOURCE 200809L
#include "check.h"
#include "sandbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As https://arrow.apache.org/docs/format/CDataInterface.html says, to be copied. */
struct ArrowSchema {
    const char *format, *name, *metadata;
    int64_t flags, n_children;
    struct ArrowSchema **children, *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t length, null_count, offset, n_buffers, n_children;
    const void **buffers;
    struct ArrowArray **children, *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};

enum { COLUMNS = 3, BATCHES = 4 };

/* What a stream gives, and what became of it. */
struct source {
    struct ArrowSchema schema, fields[COLUMNS];
    struct ArrowArray batches[BATCHES], columns[BATCHES][COLUMNS];
    int n_batches, next, fails_at; /* the batch that can't be had; -1 */
    int made, released, streams;
};

static void release_schema(struct ArrowSchema *schema) {
    ((struct source *)schema->private_data)->released++;
    schema->release = NULL;
}

/* Writes over what it released: whoever reads it afterwards does not find what was there. */
static void release_array(struct ArrowArray *array) {
    struct source *source = array->private_data;
    source->released++;
    memset(array, 0xa5, sizeof *array);
    array->release = NULL;
}

static void release_stream(struct ArrowArrayStream *stream) {
    ((struct source *)stream->private_data)->streams++;
    stream->release = NULL;
}

static int get_schema(struct ArrowArrayStream *stream, struct ArrowSchema *out) {
    struct source *source = stream->private_data;
    source->made++;
    *out = source->schema;
    out->release = release_schema;
    out->private_data = source;
    return 0;
}

static int get_next(struct ArrowArrayStream *stream, struct ArrowArray *out) {
    struct source *source = stream->private_data;
    if (source->next == source->fails_at)
        return 5;
    memset(out, 0, sizeof *out);
    if (source->next == source->n_batches)
        return 0;
    source->made++;
    *out = source->batches[source->next++];
    out->release = release_array;
    out->private_data = source;
    return 0;
}

static const char *get_last_error(struct ArrowArrayStream *stream) {
    (void)stream;
    return "the database\nhas gone";
}

static struct ArrowArrayStream stream_of(struct source *source) {
    struct ArrowArrayStream stream = {get_schema, get_next, get_last_error, release_stream, source};
    source->made = source->released = source->streams = source->next = 0;
    return stream;
}

static struct ArrowArray plain(int64_t length, const void **buffers, int64_t n_buffers) {
    struct ArrowArray array = {length, 0, 0, n_buffers, 0, buffers, NULL, NULL, NULL, NULL};
    return array;
}

/* One batch that is a column itself. */
static struct source single(const char *format, struct ArrowArray array) {
    struct source source;
    memset(&source, 0, sizeof source);
    source.schema.format = format;
    source.batches[0] = array;
    source.n_batches = 1;
    source.fails_at = -1;
    return source;
}

/* One batch with two columns. `out` is where it will stay. */
static void table(struct source *out, const char *ids, struct ArrowArray id, const char *values, struct ArrowArray value) {
    static struct ArrowSchema *fields[2];
    static struct ArrowArray *columns[2];
    static const void *no_buffers[1] = {NULL};
    *out = single("+s", plain(id.length, no_buffers, 1));
    out->fields[0].format = ids;
    out->fields[1].format = values;
    out->columns[0][0] = id;
    out->columns[0][1] = value;
    for (int k = 0; k < 2; k++) {
        fields[k] = &out->fields[k];
        columns[k] = &out->columns[0][k];
    }
    out->schema.n_children = out->batches[0].n_children = 2;
    out->schema.children = fields;
    out->batches[0].children = columns;
}

/* Runs it, and checks that everything was released once. */
static int run(uc_client *client, struct source *source, const char *attribute, const char *value, const char *na,
               uc_report **report) {
    struct ArrowArrayStream stream = stream_of(source);
    mark_last_error();
    int status = uc_client_mass_update_arrow(client, &stream, attribute, value, na, NULL, report);
    CHECK(stream.release == NULL);
    CHECK_INT(source->streams, 1);
    CHECK_INT(source->released, source->made);
    return status;
}

static void one(uc_client *client, struct source source, const char *attribute, const char *na, size_t confirmed) {
    uc_report *report = NULL;
    if (!CHECK_INT(run(client, &source, attribute, "1", na, &report), UC_STATUS_OK))
        CHECK_TEXT(uc_last_error(), "(nothing)");
    CHECK_INT(uc_report_confirmed(report), confirmed);
    uc_report_free(report);
}

static void refused(uc_client *client, struct source *source, const char *value, const char *na, const char *says) {
    uc_report *report = NULL;
    CHECK_INT(run(client, source, "never", value, na, &report), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), says);
    CHECK_INT(uc_report_total(report), 0);
    uc_report_free(report);
}

static void ids_of_every_type(const struct sandbox *sandbox, uc_client *client) {
    static const int8_t i8[] = {1, 2, 3};
    static const uint16_t u16[] = {1, 2, 65535};
    static const int64_t i64[] = {9, 10, 15, 22};
    static const uint64_t large[] = {1, (uint64_t)1 << 63};
    static const double floats[] = {1, 2, 0};
    static const uint8_t two_of_three[] = {3}, not_the_second[] = {5};
    static const int32_t offsets[] = {0, 0, 3, 6}, down[] = {0, 5, 3}, beyond[] = {-1, 3};
    static const int64_t offsets64[] = {0, 3, 6};
    const void *buffers[3] = {NULL, i8, NULL};

    one(client, single("c", plain(3, buffers, 2)), "a", NULL, 3);
    buffers[1] = u16;
    one(client, single("S", plain(3, buffers, 2)), "b", NULL, 3);
    CHECK(sandbox_has(sandbox, "b", "65535,1,1"));
    buffers[1] = i64;
    struct ArrowArray slice = plain(2, buffers, 2);
    slice.offset = 1;
    one(client, single("l", slice), "c", NULL, 2);
    CHECK(sandbox_has(sandbox, "c", "10,1,1") && sandbox_has(sandbox, "c", "15,1,1"));
    CHECK_INT(sandbox_applied_once(sandbox, "c"), 2);

    /* Batches follow each other, and an empty one may have no buffers. */
    struct source several = single("l", slice);
    several.batches[1] = plain(0, NULL, 0);
    several.batches[2] = plain(1, buffers, 2);
    several.n_batches = 3;
    one(client, several, "d", NULL, 3);
    CHECK(sandbox_has(sandbox, "d", "9,1,1"));
    several.n_batches = 0;
    one(client, several, "d", NULL, 0);

    /* Bits say what is missing, also from an offset on. */
    buffers[0] = not_the_second;
    struct ArrowArray holes = plain(3, buffers, 2);
    holes.null_count = 1;
    struct source source = single("l", holes);
    refused(client, &source, "1", NULL, "ids: the id at position 1 (counted from 0) is null");
    refused(client, &source, "1", "error", "position 1");
    refused(client, &source, "1", "drop", "na: use \"error\" or \"skip\"");
    uc_report *report = NULL;
    CHECK_INT(run(client, &source, "e", "1", "skip", &report), UC_STATUS_OK);
    CHECK_INT(uc_report_total(report), 3);
    CHECK_INT(uc_report_confirmed(report), 2);
    CHECK_INT(uc_report_state(report, 1), UC_ID_NOT_ATTEMPTED);
    CHECK_TEXT(uc_report_text(report), "1 rows were not sent because their id or value is missing; the first: row 1");
    uc_report_free(report);
    CHECK_INT(sandbox_applied_once(sandbox, "e"), 2);
    source.batches[0].null_count = -1; /* not counted */
    one(client, source, "f", "skip", 2);
    source.batches[0].offset = 1;
    source.batches[0].length = 2;
    one(client, source, "g", "skip", 1);
    CHECK(sandbox_has(sandbox, "g", "15,1,1"));
    buffers[0] = NULL;

    buffers[1] = large;
    source = single("L", plain(2, buffers, 2));
    refused(client, &source, "1", NULL, "position 1 (counted from 0) does not fit into 64 bits");
    buffers[1] = floats;
    source = single("g", plain(2, buffers, 2));
    refused(client, &source, "1", NULL, "the ids are floats");
    one(client, source, "h", "error", 2);
    source.batches[0].length = 3;
    refused(client, &source, "1", "error", "position 2 (counted from 0) is 0;");
    source = single("b", plain(2, buffers, 2));
    refused(client, &source, "1", NULL, "the ids are booleans");
    source = single("tdD", plain(2, buffers, 2));
    refused(client, &source, "1", NULL, "the ids are dates");
    source = single("+l", plain(2, buffers, 2));
    refused(client, &source, "1", NULL, "lists (Arrow format \"+l\")");
    source = single("", plain(2, buffers, 2));
    refused(client, &source, "1", NULL, "another type");

    /* Text */
    buffers[1] = offsets;
    buffers[2] = "u-1u-2";
    struct ArrowArray texts = plain(3, buffers, 3);
    source = single("u", texts);
    refused(client, &source, "1", NULL, "custom_ids: the id at position 0 (counted from 0) has 0 bytes");
    source.batches[0].offset = 1;
    source.batches[0].length = 2;
    one(client, source, "i", NULL, 2);
    buffers[1] = offsets64;
    one(client, single("U", plain(2, buffers, 3)), "j", NULL, 2);
    buffers[1] = down;
    source = single("u", plain(2, buffers, 3));
    refused(client, &source, "1", NULL, "out of order");
    buffers[1] = beyond;
    source = single("u", plain(1, buffers, 3));
    refused(client, &source, "1", NULL, "out of order");
    buffers[1] = offsets + 1;
    buffers[2] = "u\xff!u-2";
    source = single("u", plain(2, buffers, 3));
    refused(client, &source, "1", NULL, "position 0 (counted from 0) is not UTF-8");
    buffers[2] = "u-\nu-2";
    refused(client, &source, "1", NULL, "ends with a line break");

    /* Views: twelve bytes in place, longer ones in a buffer of their own. */
    static const char longer[] = "a text that is longer";
    struct {
        int32_t length;
        char prefix[4];
        int32_t buffer, offset;
    } views[2] = {{3, "u-1", 0, 0}, {(int32_t)sizeof longer - 1, "a te", 0, 0}};
    int64_t sizes[1] = {sizeof longer - 1};
    const void *of_views[4] = {NULL, views, longer, sizes};
    source = single("vu", plain(2, of_views, 4));
    one(client, source, "k", NULL, 2);
    views[1].offset = 1;
    refused(client, &source, "1", NULL, "a text is outside of its buffer");
    views[1].buffer = 1;
    refused(client, &source, "1", NULL, "a text is outside of its buffer");
    views[1].length = -1;
    refused(client, &source, "1", NULL, "a text is outside of its buffer");
    sizes[0] = -1;
    refused(client, &source, "1", NULL, "the size of a buffer is negative");

    /* A dictionary */
    buffers[1] = i8;
    struct ArrowArray index = plain(2, buffers, 2), dictionary;
    const void *of_dictionary[2] = {NULL, i64};
    dictionary = plain(3, of_dictionary, 2);
    index.dictionary = &dictionary;
    source = single("c", index);
    struct ArrowSchema of_values;
    memset(&of_values, 0, sizeof of_values);
    of_values.format = "l";
    source.schema.dictionary = &of_values;
    one(client, source, "l", NULL, 2);
    CHECK(sandbox_has(sandbox, "l", "10,1,1") && sandbox_has(sandbox, "l", "15,1,1"));
    of_dictionary[0] = two_of_three; /* the third is missing */
    dictionary.null_count = 1;
    refused(client, &source, "1", NULL, "position 1 (counted from 0) is null");
    one(client, source, "m", "skip", 1);
    dictionary.length = 2;
    dictionary.null_count = 0;
    refused(client, &source, "1", NULL, "an index into a dictionary of 2 entries is 2");
    source.batches[0].dictionary = NULL;
    refused(client, &source, "1", NULL, "a dictionary is NULL");
    source.schema.format = "g";
    refused(client, &source, "1", NULL, "indices are no integers");
}

static void values_of_every_type(const struct sandbox *sandbox, uc_client *client) {
    static const int64_t ids[] = {1, 2, 3}, moments[] = {0, 1500, -1};
    static const uint8_t bits[] = {5};
    static const double floats[] = {-0.0, 0.0, 0.1};
    static const float singles[] = {0.1f, 2, 2};
    static const int32_t days[] = {0, -719162, 2932896}, offsets[] = {0, 2, 2, 7};
    static const int64_t decimals[] = {150, 0, -5, -1, 1, 0};
    /* A map of one key: the texts are JSON. */
    static char json[64];
    const int32_t one_pair = 1, key = 20, value = 10;
    memcpy(json, &one_pair, 4), memcpy(json + 4, &key, 4), memcpy(json + 8, "ARROW:extension:name", 20);
    memcpy(json + 28, &value, 4), memcpy(json + 32, "arrow.json", 10);

    const void *of_ids[2] = {NULL, ids}, *buffers[3] = {NULL, NULL, NULL};
    const struct {
        const char *format, *metadata;
        const void *values, *more;
        const char *sent[3];
    } cases[] = {
        {"b", NULL, bits, NULL, {"1,true,1", "2,false,1", "3,true,1"}},
        {"L", NULL, ids, NULL, {"1,1,1", "2,2,1", "3,3,1"}},
        {"g", NULL, floats, NULL, {"1,-0.0,1", "2,0.0,1", "3,0.1,1"}},
        {"f", NULL, singles, NULL, {"1,0.1,1", "2,2.0,1", "3,2.0,1"}},
        {"d:10,2", NULL, decimals, NULL, {"1,1.50,1", "2,-0.05,1", "3,0.01,1"}},
        {"u", NULL, offsets, "15say\"x", {"1,\"\"\"15\"\"\",1", "2,\"\"\"\"\"\",1", "3,\"\"\"say\\\"\"x\"\"\",1"}},
        {"tdD", NULL, days, NULL, {"1,\"\"\"1970-01-01\"\"\",1", "2,\"\"\"0001-01-01\"\"\",1", "3,\"\"\"9999-12-31\"\"\",1"}},
        {"tsm:Europe/Warsaw", NULL, moments, NULL,
         {"1,\"\"\"1970-01-01T00:00:00Z\"\"\",1", "2,\"\"\"1970-01-01T00:00:01.500Z\"\"\",1",
          "3,\"\"\"1969-12-31T23:59:59.999Z\"\"\",1"}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char attribute[2] = {(char)('A' + k), 0};
        buffers[1] = cases[k].values;
        buffers[2] = cases[k].more;
        struct source source;
        table(&source, "l", plain(3, of_ids, 2), cases[k].format, plain(3, buffers, cases[k].more ? 3 : 2));
        uc_report *report = NULL;
        if (!CHECK_INT(run(client, &source, attribute, NULL, NULL, &report), UC_STATUS_OK))
            CHECK_TEXT(uc_last_error(), cases[k].format);
        for (int at = 0; at < 3; at++)
            CHECK(sandbox_has(sandbox, attribute, cases[k].sent[at]));
        uc_report_free(report);
    }

    struct source source;
    buffers[1] = offsets;
    buffers[2] = "15[1,2]";
    table(&source, "l", plain(3, of_ids, 2), "u", plain(3, buffers, 3));
    source.fields[1].metadata = json;
    refused(client, &source, NULL, NULL, "rows: the value of row 1 (counted from 0): is empty");
    buffers[1] = floats;
    source.fields[1].metadata = NULL;
    source.fields[1].format = "tsu:";
    refused(client, &source, NULL, NULL, "rows: the values are timestamps without a time zone");
    source.fields[1].format = "z";
    refused(client, &source, NULL, NULL, "binary data (Arrow format \"z\")");

    /* What an extension type stores is not its value, unless both are text. */
    json[32] = 'x';
    for (int column = 0; column < 2; column++) {
        source.fields[1].format = "l";
        buffers[1] = ids;
        source.fields[column].metadata = json;
        refused(client, &source, NULL, NULL, "are of the extension type xrrow.json; use ");
        source.fields[column].metadata = NULL;
    }
    json[32] = 'a';
    source.fields[1].metadata = json;
    refused(client, &source, NULL, NULL, "rows: the values are of the extension type arrow.json");
    source.fields[1].metadata = NULL;
    source.fields[1].format = "tdm";
    buffers[1] = moments;
    refused(client, &source, NULL, NULL, "rows: the value of row 1 (counted from 0): is a date with a time of day");

    /* A missing value, and a row that is missing as a whole. */
    source.fields[1].format = "l";
    buffers[0] = bits;
    source.columns[0][1].null_count = 1;
    refused(client, &source, NULL, NULL, "rows: the value of row 1 (counted from 0): is null");
    static const uint8_t not_the_first[] = {6};
    const void *of_rows[1] = {not_the_first};
    source.batches[0].buffers = of_rows;
    source.batches[0].null_count = 1;
    refused(client, &source, NULL, NULL, "rows: the id of row 0 (counted from 0) is null");
    uc_report *report = NULL;
    CHECK_INT(run(client, &source, "skipped", NULL, "skip", &report), UC_STATUS_OK);
    CHECK_INT(uc_report_total(report), 3);
    CHECK_INT(uc_report_confirmed(report), 1);
    CHECK_INT(uc_report_not_attempted(report), 2);
    uc_report_free(report);
    CHECK_INT(sandbox_applied_once(sandbox, "skipped"), 1);
}

static void hostile(uc_client *client) {
    static const int64_t ids[] = {1, 2, 3};
    const void *buffers[2] = {NULL, ids};
    struct source source = single("l", plain(3, buffers, 2));

    CHECK_STATUS(uc_client_mass_update_arrow(client, NULL, "plan", "1", NULL, NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "stream: is NULL");
    struct ArrowArrayStream released;
    memset(&released, 0, sizeof released);
    CHECK_STATUS(uc_client_mass_update_arrow(client, &released, "plan", "1", NULL, NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "stream: was released already");

    /* Whatever else is wrong, it is released. */
    uc_report *report = NULL;
    CHECK_INT(run(NULL, &source, "plan", "1", NULL, &report), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "client: is NULL");
    uc_report_free(report);
    CHECK_INT(run(client, &source, NULL, "1", NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "attribute: is NULL");
    CHECK_INT(run(client, &source, "plan", "pro", NULL, NULL), UC_STATUS_INVALID_ARGUMENT);
    CHECK_TEXT(uc_last_error(), "value: is not one JSON value");
    refused(client, &source, NULL, NULL, "stream: has 1 columns; without a value");

    source.fails_at = 1;
    refused(client, &source, "1", NULL, "stream: failed to give its next rows (error 5): the database\\nhas gone");
    source.fails_at = -1;

    const struct {
        struct ArrowArray array;
        const char *says;
    } arrays[] = {
        {{-1, 0, 0, 2, 0, buffers, NULL, NULL, NULL, NULL}, "has length -1"},
        {{3, 0, -1, 2, 0, buffers, NULL, NULL, NULL, NULL}, "offset -1"},
        {{INT64_MAX, 0, 0, 2, 0, buffers, NULL, NULL, NULL, NULL}, "one run takes at most 4294967295"},
        {{3, 0, INT64_MAX, 2, 0, buffers, NULL, NULL, NULL, NULL}, "is malformed"},
        {{3, 0, 0, 1, 0, buffers, NULL, NULL, NULL, NULL}, "a column has 1 buffers and needs more"},
        {{3, 0, 0, -1, 0, buffers, NULL, NULL, NULL, NULL}, "a column has -1 buffers"},
        {{3, 0, 0, 2, 0, NULL, NULL, NULL, NULL, NULL}, "stream: is NULL"},
        {{3, 1, 0, 2, 0, buffers, NULL, NULL, NULL, NULL}, "does not say which"},
        {{3, -2, 0, 2, 0, buffers, NULL, NULL, NULL, NULL}, "has -2 missing values"},
    };
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) {
        source.batches[0] = arrays[k].array;
        refused(client, &source, "1", NULL, arrays[k].says);
    }
    buffers[1] = NULL;
    source.batches[0] = plain(3, buffers, 2);
    refused(client, &source, "1", NULL, "buffer 1 of a column is NULL");
    buffers[1] = ids;

    table(&source, "l", plain(3, buffers, 2), "l", plain(2, buffers, 2));
    refused(client, &source, NULL, NULL, "a column of 3 rows has 2");
    refused(client, &source, "1", NULL, "stream: has 2 columns; with a value");
    source.batches[0].n_children = 1;
    refused(client, &source, NULL, NULL, "a batch has 1 columns, fewer than its schema");
    source.batches[0].n_children = 2;
    source.batches[0].children[1] = NULL;
    refused(client, &source, NULL, NULL, "has NULL for a column");
    source.schema.children = NULL;
    refused(client, &source, NULL, NULL, "stream: is NULL");
    source.schema.n_children = INT64_MIN;
    refused(client, &source, NULL, NULL, "columns");
    source.schema.format = NULL;
    refused(client, &source, NULL, NULL, "stream: is NULL");
}

/* The example of docs/c.md. */
#define query stream_of
static void documented(const struct sandbox *sandbox, uc_client *client) {
    static const int64_t ids[] = {1, 2}, scores[] = {7, 9};
    const void *of_ids[2] = {NULL, ids}, *of_scores[2] = {NULL, scores};
    struct source source, *database = &source;
    table(&source, "l", plain(2, of_ids, 2), "l", plain(2, of_scores, 2));

    struct ArrowArrayStream stream = query(database); /* ids and scores */
    uc_report *report;
    int status = uc_client_mass_update_arrow(client, &stream, "score", NULL, "skip", NULL, &report);
    for (size_t k = 0; k < uc_report_failure_count(report); k++)
        printf("%s\n", uc_report_failure_id(report, k));

    CHECK_INT(status, UC_STATUS_OK);
    CHECK(sandbox_has(sandbox, "score", "1,7,1") && sandbox_has(sandbox, "score", "2,9,1"));
    uc_report_free(report);
}

void arrow(void) {
    struct sandbox sandbox = sandbox_start(NULL);
    uc_client *client = sandbox_client(&sandbox);
    ids_of_every_type(&sandbox, client);
    values_of_every_type(&sandbox, client);
    documented(&sandbox, client);
    long before = sandbox_requests(&sandbox);
    hostile(client);
    CHECK_INT(sandbox_requests(&sandbox), before);
    CHECK_INT(sandbox_applied_once(&sandbox, "never"), 0);
    uc_client_free(client);
    sandbox_stop(&sandbox);
}
