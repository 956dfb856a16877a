# fish completion for oslm.

function __oslm_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l lines ($words[1] __complete -- $words[2..-1] $current 2>/dev/null)
    for line in $lines
        string match -q ':*' -- $line; or printf '%s\n' $line
    end
    test "$lines[-1]" = :files; and __fish_complete_path $current
end

complete -c oslm -f -k -a '(__oslm_complete)'
