<?php

declare(strict_types=1);

namespace UserCom;

use UserCom\Internal\Handle;
use UserCom\Internal\Library;

/** What {@see Client::check()} found, a line for each thing that it looked at. */
final class Check implements \Stringable
{
    /** Whether nothing failed; there may be warnings. */
    public readonly bool $passed;
    /** A constant of {@see Status}: OK, or with what an update would probably end. */
    public readonly int $status;
    /** @var list<CheckLine> */
    public readonly array $lines;
    private readonly string $json;
    private readonly string $text;

    /** @internal */
    public function __construct(Handle $handle)
    {
        $ffi = Library::get();
        $this->json = $ffi->uc_check_json($handle->pointer);
        $this->text = $ffi->uc_check_text($handle->pointer);
        $check = json_decode($this->json, true, 16, \JSON_THROW_ON_ERROR);
        $this->passed = $check['passed'];
        $this->status = $check['code'];
        $this->lines = array_map(
            static fn (array $line): CheckLine
                => new CheckLine(Finding::from($line['finding']), $line['about'], $line['text']),
            $check['lines'],
        );
    }

    /** The check as JSON text. */
    public function json(): string
    {
        return $this->json;
    }

    /** All lines for people, each with its finding in front. */
    public function __toString(): string
    {
        return $this->text;
    }
}
