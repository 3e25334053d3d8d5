<?php

declare(strict_types=1);

namespace UserCom;

use UserCom\Error\InvalidArgument;

/**
 * A calendar date without a time, sent as `YYYY-MM-DD`. For a date with a time use any `DateTimeInterface`.
 */
final class Date implements \JsonSerializable, \Stringable
{
    private readonly string $text;

    /**
     * @param string $text `YYYY-MM-DD`
     *
     * @throws InvalidArgument when there is no such date
     */
    public function __construct(string $text)
    {
        if (preg_match('/^(\d{4})-(\d{2})-(\d{2})$/D', $text, $part) !== 1) {
            throw new InvalidArgument('date: must be written YYYY-MM-DD, such as 2026-11-23');
        }
        if (!checkdate((int) $part[2], (int) $part[3], (int) $part[1])) {
            throw new InvalidArgument("date: there is no date $text");
        }
        $this->text = $text;
    }

    /**
     * @param int $year 1 to 9999
     * @param int $month 1 to 12
     * @param int $day 1 to 31
     *
     * @throws InvalidArgument when there is no such date
     */
    public static function of(int $year, int $month, int $day): self
    {
        if ($year > 9999 || !checkdate($month, $day, $year)) {
            throw new InvalidArgument("date: there is no date $year-$month-$day");
        }

        return new self(sprintf('%04d-%02d-%02d', $year, $month, $day));
    }

    /**
     * The day that it is at this moment in the object's own time zone.
     *
     * @throws InvalidArgument when its year does not have four digits
     */
    public static function from(\DateTimeInterface $moment): self
    {
        $text = \DateTimeImmutable::createFromInterface($moment)->format('Y-m-d');
        if (preg_match('/^\d{4}-/', $text) !== 1) {
            throw new InvalidArgument("date: the year of $text does not have four digits");
        }

        return new self($text);
    }

    public function __toString(): string
    {
        return $this->text;
    }

    public function jsonSerialize(): string
    {
        return $this->text;
    }
}
