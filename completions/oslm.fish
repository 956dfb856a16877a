# fish completion for oslm.

function __oslm_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    # A quotation mark that is still open is no part of the word.
    set -l current (string unescape -- $typed; or string replace -r '^["\']' '' -- $typed)
    set -l lines ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    for line in $lines
        string match -q ':*' -- $line; or printf '%s\n' $line
    end
    if test "$lines[-1]" = :files
        set -l flag (string match -r -- '^--[\w-]+=|^' $current)
        for path in (__fish_complete_path (string replace -- "$flag" '' $current))
            echo $flag$path
        end
    end
end

complete -c oslm -f -k -a '(__oslm_complete)'
